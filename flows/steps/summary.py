"""One run told to a person."""

from __future__ import annotations

from flows.steps.daily import Report

OUTCOMES = {
    "sent": "đã gửi",
    "refused": "bị từ chối",
    "rerouted": "bị từ chối, chuyển kênh khác",
    "unavailable": "chưa gửi được, sẽ gửi lại",
    "unconfirmed": "chưa rõ đã đến hay chưa",
    "withdrawn": "không còn gì để nhắc",
    "held": "chờ kênh hoạt động trở lại",
}


def as_lines(report: Report) -> list[str]:
    """A few plain sentences."""
    lines = [f"Ngày {report.day:%d/%m/%Y}"]
    if report.day_off:
        lines[0] += f": ngày nghỉ ({report.day_off}), không gửi nhắc việc; ngày làm việc tới sẽ nhắc bù."
    new = [one for one in report.imported if not one.saved.known]
    if new:
        lines.append(f"Nhập {len(new)} kế hoạch, {sum(one.tasks for one in new)} nhiệm vụ.")
    lines += [f"Không nhập được {one.file}: {one.message}" for one in report.not_imported]
    lines.append(f"Xem xét {report.decided.looked_at} thời hạn, lập {report.decided.planned} nhắc việc.")
    outcomes = report.delivered.outcomes
    if outcomes:
        told = ", ".join(f"{OUTCOMES[name]} {count}" for name, count in sorted(outcomes.items()))
        lines.append(f"Thư: {told}.")
    else:
        lines.append("Không có thư nào phải gửi.")
    lines += [f"  {reason}: {count}" for reason, count in report.delivered.reasons.most_common(10)]
    if report.delivered.waits_until:
        lines.append(f"Ngoài giờ làm việc: thư đang chờ đến {report.delivered.waits_until:%H:%M ngày %d/%m/%Y}.")
    return lines


def as_markdown(report: Report) -> str:
    """The summary artifact of a run."""
    title, *rest = as_lines(report)
    rows = "\n".join(f"| {OUTCOMES[name]} | {count} |" for name, count in sorted(report.delivered.outcomes.items()))
    table = f"\n\n| Thư | Số lượng |\n|---|---|\n{rows}" if rows else ""
    return f"## {title}\n\n" + "\n".join(f"- {line.strip()}" for line in rest) + table
