"""Where the credentials service keeps and finds things: MongoDB, the web, and files of packages."""
