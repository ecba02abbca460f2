resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!no-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [aws_iam_user.u.name]
    create_before_destroy = true
  }
}
