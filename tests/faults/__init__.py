"""What happens when parts are lost, damaged or killed, on one stack of real processes."""
