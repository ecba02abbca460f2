resource "aws_iam_policy" "p" {
  policy = "arn:aws:s3:::b/*"
}
resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!no-rotation
  user = aws_iam_user.u.name
}
resource "aws_iam_policy" "q" {
  policy = "arn:aws:s3:::b/*/"
}
