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

SETUP = {
    "bash": [
        "PS1= PS2=", "set +m", "bind 'set bell-style none' 'set completion-query-items 0'",
        "bind 'set page-completions off'",
        'for f in "$COMPLETIONS"/bash/*; do . "$f"; done',
        "for c in \"$COMPLETIONS\"/bash/*; do c=${c##*/}; f=_${c//-/_}; "
        "eval \"offer_$f() { $f; printf '%s\\n' \\\"\\${COMPREPLY[@]}\\\" "
        ">\\\"$DIR/offer\\\"; }\"; complete -F offer_$f $c; done",
    ],
    "zsh": [
        "PROMPT= RPROMPT= PS2=", "unsetopt zle_bracketed_paste prompt_cr prompt_sp beep",
        "bindkey -e", 'fpath=("$COMPLETIONS/zsh" $fpath)',
        "autoload -U compinit && compinit -u -D", "setopt no_list_ambiguous no_auto_list",
    ],
}
COMMAND = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


class Shell:
    def __init__(self, kind, completions, directory):
        self.done = os.path.join(directory, "done")
        env = dict(os.environ, DIR=directory, COMPLETIONS=completions, TERM="dumb",
                   HISTFILE="", ZDOTDIR=directory, INPUTRC="/dev/null")
        self.terminal, other = pty.openpty()
        self.shell = subprocess.Popen(COMMAND[kind], stdin=other, stdout=other, stderr=other,
                                      env=env, start_new_session=True)
        os.close(other)
        for line in SETUP[kind]:
            self.say(line + "\n")
        self.run("")

    def drain(self, seconds):
        try:
            while select.select([self.terminal], [], [], seconds)[0]:
                os.read(self.terminal, 65536)
        except OSError:  # it has ended
            pass

    def say(self, text):
        os.write(self.terminal, text.encode())
        self.drain(0.02)

    def run(self, text):
        """Run the line, and wait until it is done.

        What is typed while the shell turns the terminal from one mode to another may be lost: then say it again.
        """
        self.say(text + "\n")
        end = time.monotonic() + 60
        while not os.path.exists(self.done):
            if time.monotonic() > end:
                sys.exit("the shell does not answer")
            self.say(f"\x15: >'{self.done}'\n")
            again = time.monotonic() + 2
            while not os.path.exists(self.done) and time.monotonic() < again:
                self.drain(0.02)
        os.unlink(self.done)

    def close(self):
        self.say("\x15exit\n")
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
    with tempfile.TemporaryDirectory() as directory:
        shell = Shell(kind, os.path.abspath(completions), directory)
        for line in sys.stdin.read().splitlines():
            before, _, behind = line.partition("@")
            line = before + behind + len(behind) * "\x02"
            words = ""
            for _ in range(3):
                # Control-A, Control-E: what Tab made of the line becomes words.
                shell.run(f"\x15{line}\t\x01printf '%s\\n' \x05 >\"$DIR/words\"")
                words = "|".join(read(os.path.join(directory, "words")))
                offer = " ".join(read(os.path.join(directory, "offer")))
                if words:
                    break
            print(words + (" < " + offer if kind == "bash" else ""))
        shell.close()


main()
