from train.log import Log


def test_a_resumed_log_drops_lines_it_will_write_again(tmp_path) -> None:
    log = Log(tmp_path / "log.csv", 0)
    for step in (3, 6, 9):
        log.add({"step": step, "loss": 0.5})
    resumed = Log(tmp_path / "log.csv", 6)
    resumed.add({"step": 9, "loss": 0.25, "new": 1})
    lines = (tmp_path / "log.csv").read_text().split()
    assert lines == ["step,loss,new", "3,0.5,", "6,0.5,", "9,0.25,1"]
