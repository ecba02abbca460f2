resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "aws_iam_access_key" "k" { #!broken-rotation,key-too-old
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [time_rotating.r]
    create_before_destroy = true
  }
}
