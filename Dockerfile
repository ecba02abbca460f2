# Keyturn as a container image: no shell is needed, nothing is written, nobody is root.
#   docker build -t keyturn .                      docker run --rm --read-only -v "$PWD:/code:ro" keyturn scan .
#   docker build -t keyturn:lambda --target lambda --platform linux/amd64 .     (for the Terraform modules; push it to ECR)

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY checker checker
COPY policies policies
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore --target /app .
# The grammar of python-hcl2 is worked out once, here: a read-only file system could not keep it.
RUN PYTHONPATH=/app python -c "import hcl2; hcl2.loads('a = 1\n')" && python -m compileall -q /app

FROM public.ecr.aws/lambda/python:3.13 AS lambda
COPY --from=build /app ${LAMBDA_TASK_ROOT}
USER 65532:65532
CMD ["checker.scheduled.run"]

FROM python:3.13-slim AS keyturn
COPY --from=build /app /app
ENV PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /code
ENTRYPOINT ["python", "-m", "checker"]
CMD ["--help"]
