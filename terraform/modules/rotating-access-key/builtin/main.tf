# Two keys of one user take turns. In even turns `even` is the current key, in odd turns `odd`; the key whose turn begins is
# replaced, and the other one, which its consumers still have, is left alone for the overlap. So no replacement needs a third
# slot, and none takes away a key that is in use. The clock is plantimestamp(): no provider beside AWS's is needed.

locals {
  # Days since 0000-03-01, by the calendar: Terraform has no function that counts days.
  now    = coalesce(var.at, plantimestamp())
  month  = (tonumber(formatdate("M", local.now)) + 9) % 12
  year   = tonumber(formatdate("YYYY", local.now)) - (local.month >= 10 ? 1 : 0)
  leaps  = floor(local.year / 4) - floor(local.year / 100) + floor(local.year / 400)
  days   = 365 * local.year + local.leaps + floor((153 * local.month + 2) / 5) + tonumber(formatdate("D", local.now))
  turn   = floor(local.days / var.rotate_every_days)
  is_odd = local.turn % 2 == 1

  overlaps = local.days % var.rotate_every_days < var.overlap_days
}

# Each changes when a turn of its own begins, and stays through the next one.
resource "terraform_data" "even" {
  triggers_replace = floor(local.turn / 2)

  lifecycle {
    precondition {
      condition     = var.overlap_days < var.rotate_every_days
      error_message = "overlap_days must be less than rotate_every_days: when the next turn begins, the previous key is replaced."
    }
  }
}

resource "terraform_data" "odd" {
  triggers_replace = floor((local.turn + 1) / 2)
}

resource "aws_iam_access_key" "even" {
  user    = var.user
  pgp_key = var.pgp_key
  status  = !local.is_odd || local.overlaps ? "Active" : "Inactive"

  lifecycle {
    replace_triggered_by = [terraform_data.even]
  }
}

resource "aws_iam_access_key" "odd" {
  user    = var.user
  pgp_key = var.pgp_key
  status  = local.is_odd || local.overlaps ? "Active" : "Inactive"

  lifecycle {
    replace_triggered_by = [terraform_data.odd]
  }
}

locals {
  current = local.is_odd ? aws_iam_access_key.odd : aws_iam_access_key.even

  # What the AWS SDKs call them; with pgp_key only the encrypted secret is known here.
  secret = var.pgp_key == null ? { AWS_SECRET_ACCESS_KEY = local.current.secret } : { ENCRYPTED_SECRET = local.current.encrypted_secret }
  stored = jsonencode(merge({ AWS_ACCESS_KEY_ID = local.current.id }, local.secret))
}
