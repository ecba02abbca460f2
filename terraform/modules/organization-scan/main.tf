# A state machine lists the accounts, scans each in a call of its own side by side, and merges what they gave. An account whose
# scan fails keeps no other one from its scan; in the merged report it is a gap. Where there is no report at all, the topic hears.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  machine_arn   = "arn:${data.aws_partition.current.partition}:states:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:stateMachine:${var.name}"
  execution_arn = "arn:${data.aws_partition.current.partition}:states:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:execution:${var.name}"
  services      = { machine = "states.amazonaws.com", schedule = "scheduler.amazonaws.com" }

  topics = var.topic_arn == null ? [] : [var.topic_arn]
  allowed = {
    machine = [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = module.function.function_arn },
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:${data.aws_partition.current.partition}:s3:::${module.function.bucket}/keyturn/runs/*/accounts.json" },
      { Effect = "Allow", Action = "states:StartExecution", Resource = local.machine_arn },
      { Effect = "Allow", Action = ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"], Resource = "${local.execution_arn}/*" },
      { Effect = "Allow", Action = "sns:Publish", Resource = local.topics },
    ]
    schedule = [
      { Effect = "Allow", Action = "states:StartExecution", Resource = local.machine_arn },
    ]
  }
}

resource "aws_iam_role" "this" {
  for_each = local.services

  name                 = "${var.name}-${each.key}"
  description          = "Lets ${each.value} run ${var.name}"
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.value }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.services

  name   = "${var.name}-${each.key}"
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = [for one in local.allowed[each.key] : one if length(one.Resource) > 0] })
}

resource "aws_sfn_state_machine" "this" {
  name     = var.name
  role_arn = aws_iam_role.this["machine"].arn
  tags     = var.tags

  definition = templatefile("${path.module}/machine.asl.json.tftpl", {
    partition = data.aws_partition.current.partition
    function  = module.function.function_arn
    bucket    = module.function.bucket
    at_once   = var.accounts_at_once
    topic     = var.topic_arn == null ? "" : var.topic_arn
  })

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_scheduler_schedule" "this" {
  name                         = var.name
  description                  = "Keyturn scans the access keys of the organization"
  schedule_expression          = var.schedule
  schedule_expression_timezone = var.timezone

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_sfn_state_machine.this.arn
    role_arn = aws_iam_role.this["schedule"].arn

    retry_policy {
      maximum_retry_attempts = 2
    }
  }
}
