# The Lambda function that scans, the bucket that takes its reports, and a role that allows both and nothing else.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account    = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.id
  policy_key = var.policy == null ? "" : "policy.yaml"
  bucket_arn = aws_s3_bucket.reports.arn
}

resource "aws_s3_bucket" "reports" {
  bucket_prefix = "${var.name}-"
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "reports" {
  bucket = aws_s3_bucket.reports.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id

  dynamic "rule" {
    for_each = { reports = var.keep_days, runs = 7 }

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = "keyturn/${rule.key}/"
      }

      expiration {
        days = rule.value
      }
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyEncryptedOnTheWay"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket.reports.id
  policy = data.aws_iam_policy_document.bucket.json

  depends_on = [aws_s3_bucket_public_access_block.reports]
}

resource "aws_s3_object" "policy" {
  count = var.policy == null ? 0 : 1

  bucket  = aws_s3_bucket.reports.id
  key     = local.policy_key
  content = var.policy
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "What Keyturn's function ${var.name} may do"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

locals {
  reading = jsondecode(templatefile("${path.module}/../reader-role/reader.json.tftpl", { partition = local.partition })).Statement

  delivering = [
    {
      Sid      = "Reports"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = ["${local.bucket_arn}/keyturn/*"]
    },
    {
      Sid      = "WhetherThereIsAReport"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = [local.bucket_arn]
    },
    {
      Sid      = "Policy"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [for one in aws_s3_object.policy : "${local.bucket_arn}/${one.key}"]
    },
    {
      Sid      = "Log"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
    },
    {
      Sid      = "Findings"
      Effect   = "Allow"
      Action   = ["securityhub:BatchImportFindings"]
      Resource = var.security_hub ? ["arn:${local.partition}:securityhub:${local.region}:${local.account}:product/${local.account}/default"] : []
    },
    {
      Sid      = "Message"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = var.topic_arn == null ? [] : [var.topic_arn]
    },
    {
      Sid      = "Organization"
      Effect   = "Allow"
      Action   = ["organizations:ListAccounts"]
      Resource = var.role_name == null ? [] : ["*"]
    },
    {
      Sid      = "Members"
      Effect   = "Allow"
      Action   = ["sts:AssumeRole"]
      Resource = var.role_name == null ? [] : ["arn:${local.partition}:iam::*:role/${var.role_name}"]
    },
  ]
}

resource "aws_iam_role_policy" "this" {
  name = var.name
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.reading, [for one in local.delivering : one if length(one.Resource) > 0])
  })
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  description   = "Keyturn: is every access key rotated in time?"
  role          = aws_iam_role.this.arn
  memory_size   = var.memory_mb
  timeout       = 900
  tags          = var.tags

  # Either the zip file of `make lambda`, or a container image of the same code.
  package_type     = var.image_uri == null ? "Zip" : "Image"
  filename         = var.image_uri == null ? var.package : null
  source_code_hash = var.image_uri == null ? try(filebase64sha256(var.package), null) : null
  runtime          = var.image_uri == null ? "python3.13" : null
  handler          = var.image_uri == null ? "checker.scheduled.run" : null
  image_uri        = var.image_uri

  environment {
    variables = {
      KEYTURN_BUCKET        = aws_s3_bucket.reports.id
      KEYTURN_POLICY        = var.built_in_policy
      KEYTURN_POLICY_KEY    = local.policy_key
      KEYTURN_ROLE_NAME     = var.role_name == null ? "" : var.role_name
      KEYTURN_EXTERNAL_ID   = var.external_id == null ? "" : var.external_id
      KEYTURN_SKIP_ACCOUNTS = join(" ", var.skip_accounts)
      KEYTURN_SECURITY_HUB  = tostring(var.security_hub)
      KEYTURN_TOPIC_ARN     = var.topic_arn == null ? "" : var.topic_arn
    }
  }

  lifecycle {
    precondition {
      condition     = (var.image_uri == null) != (var.package == null)
      error_message = "Give either package or image_uri."
    }

    precondition {
      condition     = var.image_uri != null || try(fileexists(var.package), false)
      error_message = "The zip file ${coalesce(var.package, "of the function")} is not there: build it with make lambda, in a clone of Keyturn."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}
