"""The screens in real Chromium, and the twelve acceptance criteria: what each asks and which tests prove it.

tests/ui/test_criteria.py holds this table against the tests: a name that is not there fails.

 1  in thirty seconds: vetoes, direction, worst unit (the CI half; five readers are the human half)
    browser/test_screens.py::test_thirty_seconds_vetoes_direction_and_worst_unit_are_at_the_top
 2  the wall is one screen, nothing cut, letters of 18 px and more
    browser/test_criteria_wall.py::test_every_scene_fits_every_wall
 3  palette and contrast in both themes, axe-core clean
    ui/test_palette.py::test_text_and_marks_can_be_read
    ui/test_palette.py::test_colours_stay_apart_for_everybody
    browser/test_criteria_pages.py::test_light
    browser/test_criteria_pages.py::test_dark
 4  no meaning by colour alone
    ui/test_palette.py::test_every_level_has_a_shape_and_a_word
    browser/test_criteria_pages.py::test_light
 5  every number leads to exactly that many rows, also where a list has pages
    browser/test_criteria_numbers.py::test_every_key_figure_has_its_rows
    browser/test_criteria_numbers.py::test_bars_of_the_overview_and_of_the_hosts_lead_to_their_rows
    browser/test_criteria_numbers.py::test_links_by_host_and_failures_by_site_lead_to_their_rows
    browser/test_paging.py::test_the_pages_together_are_the_list
 6  the address is the state; a code that is not there is named
    browser/test_criteria_states.py::test_the_same_address_shows_the_same_rows_and_drawer_to_somebody_else
    browser/test_criteria_states.py::test_a_deep_link_to_a_fresh_server_is_whole_and_its_loss_is_told_in_chinese
    browser/test_addresses.py::test_an_unknown_code_is_named
 7  numbers speak Chinese, no English is left
    ui/test_numbers.py::test_percent_is_cut_near_its_threshold
    ui/test_numbers.py::test_dates_and_weeks
    browser/test_criteria_pages.py::test_light
 8  print: A4, white from dark, heads repeated, batch on each page
    browser/test_scorecard_print.py::test_the_sent_file_with_sixty_units
    browser/test_scorecard_print.py::test_both_pages_print_white_with_their_batch_on_each_page
    browser/test_scorecard_print.py::test_a_table_that_goes_on_repeats_its_head
 9  nothing is fetched from outside
    browser/test_criteria_pages.py::test_light
10  speed (measured, never asserted: `make bench ARGS=screens`); a refresh keeps place, focus and drawer, shows no blank
    browser/test_criteria_refresh.py::test_new_data_comes_without_moving_the_reader
    browser/test_criteria_wall.py::test_a_refresh_shows_no_blank_frame_and_the_next_one_is_counted_down
11  honest states
    browser/test_criteria_states.py::test_a_dead_collector_turns_the_header_yellow_after_two_intervals_and_red_after_six
    browser/test_criteria_states.py::test_a_failing_panel_leaves_the_rest_working
    browser/test_criteria_states.py::test_good_empty_says_what_was_checked_and_unmeasured_says_why
    browser/test_criteria_states.py::test_filtered_to_nothing_offers_the_way_back
    browser/test_criteria_states.py::test_an_empty_installation_explains_itself
12  fit for an appraisal: the same bundle twice, Excel, recompute, two clicks to the proof, disputes
    report/test_export.py::test_two_exports_are_identical_but_for_time_and_person
    report/test_export.py::test_files_open_in_chinese_excel
    appraise/test_closing.py::test_a_closing_freezes_everything_and_proves_it
    browser/test_screens.py::test_evidence_opens_from_its_own_address_with_clause_and_formula
    appraise/test_disputes.py::test_the_whole_life_and_its_correction
"""
