"""How fast it is: subjects, what is measured on them, and the machine."""
