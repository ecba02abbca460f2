

resource "aws_iam_user" "u" { #!unmanaged-key
  name = "svc-u"
}
