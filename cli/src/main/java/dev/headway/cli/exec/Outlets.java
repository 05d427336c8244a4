package dev.headway.cli.exec;

/** Our standard output and standard error, for the commands. */
record Outlets(Outlet out, Outlet err) {}
