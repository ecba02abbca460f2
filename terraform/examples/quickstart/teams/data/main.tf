# Looks as if it rotated every 30 days. It never does: an expired time_rotating leaves the state, so the plan creates
# it anew, and replace_triggered_by fires on updates and replacements only.

terraform {
  required_providers {
    time = {
      source  = "hashicorp/time"
      version = ">= 0.9"
    }
  }
}

resource "time_rotating" "ingest" {
  rotation_days = 30
}

resource "aws_iam_user" "ingest" {
  name = "data-ingest"
  path = "/service/"
}

resource "aws_iam_access_key" "ingest" {
  user = aws_iam_user.ingest.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_rotating.ingest]
  }
}
