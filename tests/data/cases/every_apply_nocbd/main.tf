resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "terraform_data" "t" {
  triggers_replace = timestamp()
}
resource "aws_iam_access_key" "k" { #!rotates-every-apply,rotation-downtime
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
  }
}
