resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
