# The settlement job runs outside AWS and needs a key. It is replaced every month, at the first apply of the month:
# the trigger changes, so terraform_data is replaced, so the key is. The new key exists before the old one goes.

resource "aws_iam_user" "settlement" {
  name = "payments-settlement"
  path = "/service/"
}

resource "terraform_data" "month" {
  triggers_replace = formatdate("YYYY-MM", plantimestamp())
}

resource "aws_iam_access_key" "settlement" {
  user = aws_iam_user.settlement.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.month]
  }
}

resource "aws_secretsmanager_secret" "settlement" {
  name = "payments/settlement/access-key"
}

resource "aws_secretsmanager_secret_version" "settlement" {
  secret_id = aws_secretsmanager_secret.settlement.id
  secret_string = jsonencode({
    id     = aws_iam_access_key.settlement.id
    secret = aws_iam_access_key.settlement.secret
  })
}
