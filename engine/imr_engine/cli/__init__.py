"""The command ``imr``: reading arguments, printing, exit codes. What is printed is worked out in the rooms below."""
