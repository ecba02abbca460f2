resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "terraform_data" "t" {
  depends_on = [time_rotating.r]
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
    create_before_destroy = true
  }
}
