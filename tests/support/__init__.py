"""What tests share: things to run against, never things to assert."""
