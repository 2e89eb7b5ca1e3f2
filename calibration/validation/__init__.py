"""The rest of the validation: what the fit predicts, and what the protocol can see."""
