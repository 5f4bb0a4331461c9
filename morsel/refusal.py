"""What stops a command and can be put right by the person who gave it."""


class Refusal(Exception):
    """A command cannot go on; the message is one sentence that says why and what to do."""
