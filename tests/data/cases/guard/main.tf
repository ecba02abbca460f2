resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!manual-rotation
  user = aws_iam_user.u.name
  lifecycle {
    postcondition {
      condition     = timecmp(timeadd(self.create_date, "2160h"), plantimestamp()) > 0
      error_message = "rotate it"
    }
  }
}
