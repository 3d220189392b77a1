"""The launcher: one command brings up a whole FIR on a bare machine, and Ctrl-C takes it down.

It starts PostgreSQL from the binaries of a Python wheel, migrates, loads the demo world, and
then watches over the web, the two workers and the timetable. A management command in a second
terminal borrows the same database, or starts it for its own duration. None of this is used in
production, where DATABASE_URL and REDIS_URL name servers that somebody else runs; therefore it
needs the standard library only (the bells need kombu) and imports nothing else of FIR.
"""
