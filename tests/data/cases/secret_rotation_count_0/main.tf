resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!no-rotation
  user = aws_iam_user.u.name
}
resource "aws_secretsmanager_secret" "s" {
  name = "s"
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = aws_iam_access_key.k.secret
}
resource "aws_secretsmanager_secret_rotation" "r" {
  count     = 0
  secret_id = aws_secretsmanager_secret.s.id
}
