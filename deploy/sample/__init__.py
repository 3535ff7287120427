"""The sample district: placeholder units, posts and people, so that there is something real to look at."""
