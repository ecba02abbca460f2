resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  for_each = toset([time_rotating.r.id])
  user = aws_iam_user.u.name
}
