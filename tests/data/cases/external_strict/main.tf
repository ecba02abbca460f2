resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_secretsmanager_secret" "s" {
  name = "s"
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_id = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ id = aws_iam_access_key.k.id, key = aws_iam_access_key.k.secret })
}
resource "aws_secretsmanager_secret_rotation" "r" {
  secret_id = aws_secretsmanager_secret.s.id
  rotation_lambda_arn = "arn:aws:lambda:us-east-1:111122223333:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}
resource "aws_iam_access_key" "k" { #!no-rotation,secret-in-state
  user = aws_iam_user.u.name
}
