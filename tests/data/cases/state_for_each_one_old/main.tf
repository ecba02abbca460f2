resource "aws_iam_access_key" "k" { #!no-rotation,key-too-old
  for_each = toset(["a", "b"])
  user = each.key
}
