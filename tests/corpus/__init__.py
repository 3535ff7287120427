"""Several hundred histories of every branch of the workflows: how they are recorded, kept and told apart."""
