resource "aws_iam_access_key" "other" { #!no-rotation
  user = "svc-x"
}
