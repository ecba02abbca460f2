resource "aws_iam_user" "u" {
  name = "svc-u"
}
variable "generation" {
  default = "1"
}
resource "aws_ssm_parameter" "p" {
  name  = "p"
  type  = "String"
  value = var.generation
}
resource "aws_iam_access_key" "k" { #!manual-rotation
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [aws_ssm_parameter.p]
  }
}
