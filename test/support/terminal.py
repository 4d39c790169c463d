"""A terminal for one program: `terminal.py COLUMNS PROGRAM ARGUMENTS…`. What the program draws goes to standard output as
it is, and what comes in on standard input is typed, so that Ctrl-C is a character that the terminal makes a signal of.
Ends with the program's exit code."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns = int(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

sources = [terminal, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if terminal in ready:
        try:
            drawn = os.read(terminal, 65536)
        except OSError:  # Linux says so when the program has closed its end.
            break
        if not drawn:
            break
        os.write(1, drawn)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
