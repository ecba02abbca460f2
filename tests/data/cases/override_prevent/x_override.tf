resource "aws_iam_access_key" "k" {
  lifecycle {
    prevent_destroy = true
  }
}
