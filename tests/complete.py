#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Type lines into a real shell and press Tab.

    complete.py bash|zsh COMPLETIONS < LINES

For each line of the standard input it prints the words of the line as they
stand after Tab, with "|" between, and for bash behind " < " what was offered.
"@" in a line is where the cursor is, else it is at the end.
COMPLETIONS is the directory that "make" fills; commands are found in PATH.
"""
import os
import pty
import select
import subprocess
import sys
import tempfile
import time

# Read by the shell as it starts; nothing that is typed needs quotes then.
COMMON = "words() { printf '%s\\n' \"$@\" >\"$DIR/words\"; }\nfin() { printf '\\035'; }\n"
SETUP = {
    "bash": COMMON + r"""
PS1=$'\036' PS2=
set +m
for f in "$COMPLETIONS"/bash/*; do
	. "$f"
	c=${f##*/}
	f=_${c//-/_}
	eval "offer_$f() { $f; printf '%s\\n' \"\${COMPREPLY[@]}\" >\"$DIR/offer\"; }"
	complete -F "offer_$f" "$c"
done
""",
    "zsh": COMMON + r"""
PROMPT=$'\036' RPROMPT= PS2=
unsetopt zle_bracketed_paste prompt_cr prompt_sp beep
bindkey -e
fpath=("$COMPLETIONS/zsh" $fpath)
autoload -U compinit && compinit -u -D
setopt no_list_ambiguous no_auto_list
""",
}
INPUTRC = "set bell-style none\nset completion-query-items 0\nset page-completions off\n"
NAMES = {"bash": "setup", "zsh": ".zshrc"}
TRIES = 5
PROMPT, DONE = b"\036", b"\035"


class Shell:
    def __init__(self, kind, completions, directory):
        setup = os.path.join(directory, NAMES[kind])
        with open(setup, "w", encoding="utf-8") as f:
            f.write(SETUP[kind])
        inputrc = os.path.join(directory, "inputrc")
        with open(inputrc, "w", encoding="utf-8") as f:
            f.write(INPUTRC)
        command = {"bash": ["bash", "--noprofile", "--rcfile", setup, "-i"], "zsh": ["zsh", "-d", "-i"]}[kind]
        env = dict(os.environ, DIR=directory, COMPLETIONS=completions, TERM="dumb",
                   HISTFILE="", ZDOTDIR=directory, INPUTRC=inputrc)
        self.terminal, other = pty.openpty()
        self.shell = subprocess.Popen(command, stdin=other, stdout=other, stderr=other,
                                      env=env, start_new_session=True)
        os.close(other)
        self.heard = b""
        self.hear(lambda: PROMPT in self.heard, 30)

    def hear(self, until, seconds=2.0):
        """Read what the shell prints until that is so; False when it does not become so in time."""
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            try:
                if select.select([self.terminal], [], [], 0.01)[0]:
                    self.heard += os.read(self.terminal, 65536)
            except OSError:  # it has ended
                return False
        return until()

    def say(self, line):
        """Type it, no faster than a shell reads: it may lose a character else."""
        self.heard = b""
        for c in (line + "\n").encode():
            os.write(self.terminal, bytes([c]))
            time.sleep(0.001)

    def waits(self):
        """Has it said that it is done, and then its prompt? What is typed before may be lost."""
        return PROMPT in self.heard[self.heard.find(DONE):] if DONE in self.heard else False

    def run(self, text, result):
        """Run the line until there is that file; False when the shell does not answer."""
        self.say(text)
        self.hear(lambda: os.path.exists(result))
        for _ in range(10):
            self.say("\x15fin")
            if self.hear(self.waits):
                return True
        return False

    def close(self):
        self.shell.kill()
        os.close(self.terminal)
        self.shell.wait()


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            text = f.read().splitlines()
        os.unlink(path)
        return text
    except FileNotFoundError:
        return []


def main():
    kind, completions = sys.argv[1:3]
    completions = os.path.abspath(completions)
    with tempfile.TemporaryDirectory() as directory:
        shell = Shell(kind, completions, directory)
        for line in sys.stdin.read().splitlines():
            before, _, behind = line.partition("@")
            line = before + behind + len(behind) * "\x02"
            words = offer = ""
            for _ in range(TRIES):
                # Control-A, Control-E: what Tab made of the line becomes words.
                result = os.path.join(directory, "words")
                answers = shell.run(f"\x15{line}\t\x01words \x05", result)
                words = "|".join(read(result))
                offer = " ".join(read(os.path.join(directory, "offer")))
                if answers and words:
                    break
                shell.close()
                shell = Shell(kind, completions, directory)
            print(words + (" < " + offer if kind == "bash" else ""))
        shell.close()


if __name__ == "__main__":
    main()
