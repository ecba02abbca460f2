resource "aws_iam_access_key" "k" {
  user = = 3
}
