resource "aws_iam_user" "u" {
  name = "svc-u"
}
variable "g" {
  default = 1
}
resource "terraform_data" "t" {
  input = var.g
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
    create_before_destroy = true
    prevent_destroy = true
  }
}
