resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "terraform_data" "t" {
  triggers_replace = formatdate("YYYY", plantimestamp())
}
resource "aws_iam_access_key" "k" { #!slow-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
    create_before_destroy = true
  }
}
