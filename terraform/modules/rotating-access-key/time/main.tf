# One key, which the first apply after the period replaces. time_rotating leaves the state when it expires, and
# replace_triggered_by does not see that: time_static is the bridge (terraform-provider-time#118). The new key is made before
# the old one goes, and between the two the apply waits, with the new key in the store and both of them working.

resource "time_rotating" "this" {
  rotation_days = var.rotate_every_days
}

resource "time_static" "this" {
  rfc3339 = time_rotating.this.rfc3339
}

resource "aws_iam_access_key" "this" {
  user    = var.user
  pgp_key = var.pgp_key

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.this]
  }
}

# Destroyed before the old key, since it hangs on it, and after the store has the new one, since its successor hangs on that.
resource "time_sleep" "overlap" {
  destroy_duration = var.overlap

  triggers = {
    key    = aws_iam_access_key.this.id
    stored = one(concat(aws_secretsmanager_secret_version.this[*].version_id, aws_ssm_parameter.this[*].version))
  }

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # What the AWS SDKs call them; with pgp_key only the encrypted secret is known here.
  secret = var.pgp_key == null ? { AWS_SECRET_ACCESS_KEY = aws_iam_access_key.this.secret } : { ENCRYPTED_SECRET = aws_iam_access_key.this.encrypted_secret }
  stored = jsonencode(merge({ AWS_ACCESS_KEY_ID = aws_iam_access_key.this.id }, local.secret))
}
