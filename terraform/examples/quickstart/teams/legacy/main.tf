resource "aws_iam_user" "warehouse" {
  name = "legacy-warehouse"
  path = "/service/"
}

# keyturn:ignore[no-rotation] until=2031-12-31 reason="the vendor's appliance takes one key at installation, OPS-1412"
resource "aws_iam_access_key" "warehouse" {
  user = aws_iam_user.warehouse.name
}
