resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "terraform_data" "t" {
  triggers_replace = time_rotating.r
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.t]
  }
}
