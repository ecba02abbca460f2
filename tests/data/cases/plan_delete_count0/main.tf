resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" {
  count = 0
  user = aws_iam_user.u.name
}
