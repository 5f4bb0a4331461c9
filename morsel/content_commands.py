"""The command line of what changes and writes content: seed, import, export, import-skills."""

import argparse
from pathlib import Path

from morsel.options import add_data, add_mongo


def add_content_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands, in the order of the help."""
    _add_seed(commands)
    _add_import(commands)
    _add_export(commands)
    _add_import_skills(commands)


def _add_seed(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    seed = commands.add_parser(
        "seed",
        help="publish the demo courses and pathways again",
        description="Publish the demo courses and pathways as they are in the source now. "
        "`morsel up` does it at start for those that changed; this works while it runs, too.",
    )
    add_data(seed)
    add_mongo(seed)
    seed.set_defaults(runs="morsel.seed:main")


def _add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = commands.add_parser(
        "import",
        help="bring in a course from a folder, a zip or a Markdown file, or a pathway",
        description="Bring in a course in Morsel's own format (course.yaml and a Markdown file for "
        "each lesson), or a page or book of plain Markdown, as a draft of an organisation; or a "
        "pathway from pathway.yaml. What does not come in whole is listed. Repeating it updates "
        "that course or pathway. It works while "
        "`morsel up` runs, too.",
        epilog="Example: morsel import my-course --org acme --publish",
    )
    bring.add_argument("path", type=Path, metavar="PATH", help="folder, zip, Markdown or YAML file")
    bring.add_argument("--org", required=True, metavar="SLUG", help="whose it is")
    bring.add_argument("--publish", action="store_true", help="publish it at once")
    add_data(bring)
    add_mongo(bring)
    bring.set_defaults(runs="morsel.importing:main")


def _add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = commands.add_parser(
        "export",
        help="write a course as a folder or zip that `import` takes",
        description="Write a course in Morsel's own format: course.yaml, a Markdown file for each "
        "lesson, its translations and pictures. Importing it gives the same course. What is "
        "written is the published version, or the draft of a course that has none. It works while "
        "`morsel up` runs, too.",
        epilog="Example: morsel export spot-phishing my-course",
    )
    export.add_argument("slug", nargs="?", metavar="SLUG", help="which course")
    export.add_argument(
        "target", type=Path, metavar="DIR|FILE.zip", help="new folder, earlier export, or zip"
    )
    export.add_argument(
        "--all",
        dest="everything",
        action="store_true",
        help="every course and pathway, each in a folder of its own",
    )
    export.add_argument(
        "--pathway", action="store_true", help="SLUG names a pathway: write its pathway.yaml"
    )
    which = export.add_mutually_exclusive_group()
    which.add_argument("--version", type=int, metavar="N", help="version N of the course")
    which.add_argument("--draft", action="store_true", help="the draft as it is now")
    add_data(export)
    add_mongo(export)
    export.set_defaults(runs="morsel.exporting:main")


def _add_import_skills(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = commands.add_parser(
        "import-skills",
        help="bring in skills and job roles of a framework: ESCO, O*NET or CASE",
        description="Bring in skills, job roles and which role needs which skill: ESCO's CSV files "
        "in any languages, O*NET's tab-delimited text files, or CASE packages in JSON. Repeating "
        "it changes nothing; a newer release updates, and what it no longer has is retired, never "
        "removed. Bring in all files of a release at once. It works while `morsel up` runs, too.",
        epilog="Example: morsel import-skills esco-v1.2.0-csv.zip --losses refused.txt",
    )
    bring.add_argument("path", type=Path, metavar="PATH", help="folder, zip or file")
    bring.add_argument(
        "--version", metavar="TEXT", help="of the framework (default: as PATH or the file says)"
    )
    bring.add_argument(
        "--losses", type=Path, metavar="FILE", help="write every refused row with its place there"
    )
    add_data(bring)
    add_mongo(bring)
    bring.set_defaults(runs="morsel.skills:main")
