"""Subscriptions to events, against receivers that are down, slow, wrong and hostile."""
