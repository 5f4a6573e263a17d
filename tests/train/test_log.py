from train.log import Log


def test_a_resumed_log_drops_lines_it_will_write_again(tmp_path) -> None:
    log = Log(tmp_path / "log.csv", 0)
    for step in (3, 6, 9):
        log.add({"step": step, "loss": 0.5})
    resumed = Log(tmp_path / "log.csv", 6)
    resumed.add({"step": 9, "loss": 0.25, "new": 1})
    lines = (tmp_path / "log.csv").read_text().split()
    assert lines == ["step,loss,new", "3,0.5,", "6,0.5,", "9,0.25,1"]


def test_curves_are_numbers_whether_logged_now_or_read_back(tmp_path) -> None:
    log = Log(tmp_path / "log.csv", 0)
    log.add({"step": 3, "loss": 0.123456789, "human/CAGE": float("nan")})
    log.add({"step": 6, "loss": 0.25, "mouse/CAGE": 0.5})
    curves = {
        "step": [3.0, 6.0],
        "loss": [0.123457, 0.25],
        "human/CAGE": [None, None],
        "mouse/CAGE": [None, 0.5],
    }
    assert log.curves() == curves
    assert Log(tmp_path / "log.csv", 6).curves() == curves
