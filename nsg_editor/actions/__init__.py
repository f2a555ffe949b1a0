"""What a user can do: from one state to the next, each action with a name."""
