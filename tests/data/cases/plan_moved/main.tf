resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "n" { #!no-rotation,key-too-old
  user = aws_iam_user.u.name
}
moved {
  from = aws_iam_access_key.k
  to   = aws_iam_access_key.n
}
