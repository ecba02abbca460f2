resource "aws_cloudformation_stack" "s" { #!no-rotation
  name          = "s"
  template_body = file("${path.module}/t.yaml")
}
