"""The command line: a stranger is told what to do."""

import pytest

from morsel.main import main

COMMANDS = ("up", "token", "seed", "import", "org", "serve", "indexes", "schema")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when a command has no help of its own."""
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])

    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: morsel {command} ")


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when a command cannot be found by asking for help."""
    with pytest.raises(SystemExit):
        main(["--help"])

    out = capsys.readouterr().out
    assert [command for command in COMMANDS if f"\n    {command} " not in out] == []


def test_an_unknown_role_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when a typing error gives a token that opens nothing."""
    with pytest.raises(SystemExit) as stopped:
        main(["token", "--subject", "ann", "--role", "TEACHER"])

    assert stopped.value.code == 2
    assert "TEACHER" in capsys.readouterr().err


def test_a_process_without_settings_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a process on a cluster dies without naming the variable that it lacks."""
    monkeypatch.delenv("MORSEL_MONGO_URI", raising=False)

    with pytest.raises(SystemExit, match="MORSEL_MONGO_URI is not set"):
        main(["serve", "credentials"])
