"""What remakes the sample traces: scripted model server, stand-in services, recorder, scenarios."""
