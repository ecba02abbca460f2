"""The run task of HCP Terraform: a server that judges plans between plan and apply."""
