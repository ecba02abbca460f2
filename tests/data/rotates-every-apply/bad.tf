resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "terraform_data" "ci" {
  input = formatdate("YYYY-MM", timestamp())
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.ci]
  }
}
