resource "aws_iam_access_key" "k" { #!no-rotation
  for_each = toset(["a", "b"])
  user = each.key
}
